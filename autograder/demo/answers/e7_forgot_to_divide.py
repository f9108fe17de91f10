def train(model, optimizer, config, get_batch, estimate_loss, logger):
    model.train()
    best = float("inf")
    for it in range(config.max_iters):
        lr = config.get_lr(it)
        for g in optimizer.param_groups:
            g["lr"] = lr
        optimizer.zero_grad()
        for _ in range(config.gradient_accumulation_steps):
            x, y = get_batch("train")
            logits, loss = model(x, y)
            loss.backward()
        if config.grad_clip != 0:
            torch.nn.utils.clip_grad_norm_(model.parameters(), config.grad_clip)
        optimizer.step()
        if it % config.log_interval == 0:
            logger.train(it, loss.item(), lr)
        if it % config.eval_interval == 0:
            losses = estimate_loss(model)
            logger.evaluation(it, losses)
            best = min(best, losses["val"])
    return best
