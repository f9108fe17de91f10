def train(model, optimizer, config, get_batch, estimate_loss, logger):
    """Nothing is reported at iteration 0, but once more at the end."""
    best_val_loss = float("inf")
    for iteration in range(config.max_iters):
        model.train()
        lr = config.get_lr(iteration)
        for group in optimizer.param_groups:
            group["lr"] = lr
        optimizer.zero_grad()
        for _ in range(config.gradient_accumulation_steps):
            x, y = get_batch("train")
            logits, loss = model(x, y)
            torch.autograd.backward(loss / config.gradient_accumulation_steps)
        if config.grad_clip > 0.0:
            nn.utils.clip_grad_norm_(model.parameters(), config.grad_clip, foreach=False)
        optimizer.step()
        if iteration > 0 and iteration % config.log_interval == 0 or iteration == config.max_iters - 1:
            logger.train(iteration, loss.item(), lr)
        last = iteration + 1 == config.max_iters
        if iteration % config.eval_interval == 0 or last:
            losses = estimate_loss(model)
            logger.evaluation(iteration, losses)
            best_val_loss = min(best_val_loss, losses["val"])
    model.train()
    return best_val_loss
