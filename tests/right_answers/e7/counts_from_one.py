def train(model, optimizer, config, get_batch, estimate_loss, logger):
    """Counts updates from 1, and takes the rate of the one before."""
    model.train()
    best = float("inf")
    for n in range(1, config.max_iters + 1):
        lr = config.get_lr(n - 1)
        for group in optimizer.param_groups:
            group["lr"] = lr
        optimizer.zero_grad()
        mean_loss = 0.0
        for _ in range(config.gradient_accumulation_steps):
            x, y = get_batch(split="train")
            _, loss = model(x, y)
            loss = loss / config.gradient_accumulation_steps
            loss.backward()
            mean_loss += loss.item()
        if config.grad_clip > 0:
            nn.utils.clip_grad_norm_(model.parameters(), config.grad_clip)
        optimizer.step()
        if n % config.log_interval == 0:
            logger.train(n, round(mean_loss, 4), lr)
        if n % config.eval_interval == 0:
            losses = estimate_loss(model)
            logger.evaluation(n, losses)
            best = min(best, losses["val"])
    return best
