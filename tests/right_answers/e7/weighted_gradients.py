def train(model, optimizer, config, get_batch, estimate_loss, logger):
    """The share of each micro-batch goes into backward() as its gradient argument."""
    share = torch.tensor(1.0 / config.gradient_accumulation_steps)
    best_val_loss = float("inf")
    with torch.enable_grad():
        for iteration in range(config.max_iters):
            if iteration % config.eval_interval == 0:
                losses = estimate_loss(model)
                logger.evaluation(iteration, dict(losses))
                best_val_loss = min(losses["val"], best_val_loss)
            model.train()
            lr, n = config.get_lr(iteration), 0
            [group.__setitem__("lr", lr) for group in optimizer.param_groups]
            optimizer.zero_grad()
            while n < config.gradient_accumulation_steps:
                x, y = get_batch("train")
                out = model(x, y)
                out[1].backward(share)
                n += 1
            max_norm = config.grad_clip if config.grad_clip > 0 else float("inf")
            nn.utils.clip_grad_norm_(model.parameters(), max_norm)
            optimizer.step()
            if not iteration % config.log_interval:
                logger.train(iteration, float(out[1]), lr)
    return float(best_val_loss)
