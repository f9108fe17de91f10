# fails: e7.updates
# says: number of
# misconception: e7.iterations-are-micro-batches


def train(model, optimizer, config, get_batch, estimate_loss, logger):
    model.train()
    best_val_loss = float("inf")
    for iteration in range(config.max_iters):
        if iteration % config.eval_interval == 0:
            losses = estimate_loss(model)
            logger.evaluation(iteration, losses)
            best_val_loss = min(best_val_loss, losses["val"])
        for group in optimizer.param_groups:
            group["lr"] = config.get_lr(iteration)
        x, y = get_batch("train")
        _, loss = model(x, y)
        (loss / config.gradient_accumulation_steps).backward()
        if (iteration + 1) % config.gradient_accumulation_steps == 0:
            if config.grad_clip > 0:
                nn.utils.clip_grad_norm_(model.parameters(), config.grad_clip)
            optimizer.step()
            optimizer.zero_grad()
        if iteration % config.log_interval == 0:
            logger.train(iteration, loss.item(), config.get_lr(iteration))
    return best_val_loss
