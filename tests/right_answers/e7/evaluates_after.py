def train(model, optimizer, config, get_batch, estimate_loss, logger):
    """Everything is reported after the update, where (it + 1) is a multiple."""
    history = []
    for it in range(config.max_iters):
        model.train()
        rate = config.get_lr(it)
        for group in optimizer.param_groups:
            group.update(lr=rate)
        model.zero_grad()
        total = 0.0
        for _ in range(config.gradient_accumulation_steps):
            _, loss = model(*get_batch("train"))
            loss.div(config.gradient_accumulation_steps).backward()
            total += loss.detach()
        if config.grad_clip:
            nn.utils.clip_grad_norm_(model.parameters(), max_norm=config.grad_clip)
        optimizer.step()
        if (it + 1) % config.log_interval == 0:
            logger.train(it, total / config.gradient_accumulation_steps, rate)
        if (it + 1) % config.eval_interval == 0:
            losses = estimate_loss(model)
            logger.evaluation(it, losses)
            history.append(losses["val"])
    model.train()
    return min(history) if history else None
