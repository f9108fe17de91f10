def train(model, optimizer, config, get_batch, estimate_loss, logger):
    """The step gets a closure that fills the gradients; the model is evaluated before all training."""
    model.train()
    losses = estimate_loss(model)
    logger.evaluation(0, losses)
    best = losses["val"]
    for it in range(config.max_iters):
        for group in optimizer.param_groups:
            group["lr"] = config.get_lr(it)
        parts = []

        def closure():
            optimizer.zero_grad()
            for _ in range(config.gradient_accumulation_steps):
                _, loss = model(*get_batch("train"))
                (loss / config.gradient_accumulation_steps).backward()
                parts.append(loss.detach())
            if config.grad_clip:
                nn.utils.clip_grad_norm_(model.parameters(), config.grad_clip)
            return parts[-1]

        optimizer.step(closure)
        done = it + 1
        if it == 0 or done % config.log_interval == 0:
            logger.train(it, torch.stack(parts).mean(), config.get_lr(it))
        if done % config.eval_interval == 0:
            losses = estimate_loss(model)
            logger.evaluation(it, losses)
            best = min(best, losses["val"])
    return best
