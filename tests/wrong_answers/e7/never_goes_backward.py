# fails: e7.step
# says: no change at all
# misconception: e7.never-goes-backward, e7.zeroed-before-step


def train(model, optimizer, config, get_batch, estimate_loss, logger):
    model.train()
    best_val_loss = float("inf")
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
        if config.grad_clip > 0:
            pass
        optimizer.step()

        if iteration % config.log_interval == 0:
            logger.train(iteration, loss.item(), lr)
    return best_val_loss
