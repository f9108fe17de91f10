def train(model, optimizer, config, get_batch, estimate_loss, logger):
    """The micro-batches become one batch."""
    best_val_loss = math.inf
    for step in range(config.max_iters):
        if step % config.eval_interval == 0:
            losses = estimate_loss(model)
            logger.evaluation(step, losses)
            best_val_loss = min(best_val_loss, losses["val"])
        model.train()
        pairs = [get_batch("train") for _ in range(config.gradient_accumulation_steps)]
        x = torch.cat([pair[0] for pair in pairs])
        y = torch.cat([pair[1] for pair in pairs], dim=0)
        lr = config.get_lr(step)
        for param_group in optimizer.param_groups:
            param_group["lr"] = lr
        optimizer.zero_grad()
        loss = model(x, y)[1]
        loss.backward()
        if config.grad_clip > 0.0:
            torch.nn.utils.clip_grad_norm_(
                [p for group in optimizer.param_groups for p in group["params"]], config.grad_clip
            )
        optimizer.step()
        if step % config.log_interval == 0:
            logger.train(step, loss, lr)
    return best_val_loss
