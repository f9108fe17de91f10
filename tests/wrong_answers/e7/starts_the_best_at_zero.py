# fails: e7.best
# says: not the best validation loss
# misconception: e7.best-starts-too-low


def train(model, optimizer, config, get_batch, estimate_loss, logger):
    model.train()
    best_val_loss = 0.0
    for iteration in range(config.max_iters):
        if iteration % config.eval_interval == 0:
            losses = estimate_loss(model)
            logger.evaluation(iteration, losses)
            best_val_loss = min(best_val_loss, losses["val"])

        lr = config.get_lr(iteration)
        for group in optimizer.param_groups:
            group["lr"] = lr

        optimizer.zero_grad()
        for _ in range(config.gradient_accumulation_steps):
            x, y = get_batch("train")
            _, loss = model(x, y)
            (loss / config.gradient_accumulation_steps).backward()
        if config.grad_clip > 0:
            nn.utils.clip_grad_norm_(model.parameters(), config.grad_clip)
        optimizer.step()

        if iteration % config.log_interval == 0:
            logger.train(iteration, loss.item(), lr)
    return best_val_loss
