def train(model, optimizer, config, get_batch, estimate_loss, logger):
    """One flat loop over micro-batches; every K-th one is an update."""
    K = config.gradient_accumulation_steps
    best = torch.tensor(float("inf"))
    model.train()
    optimizer.zero_grad()
    for micro in range(config.max_iters * K):
        iteration, part = divmod(micro, K)
        if part == 0 and iteration % config.eval_interval == 0:
            losses = estimate_loss(model)
            logger.evaluation(iteration, losses)
            best = torch.minimum(best, torch.as_tensor(losses["val"]))
        x, y = get_batch("train")
        loss = model(x, y)[1]
        (loss * (1.0 / K)).backward()
        if part < K - 1:
            continue
        lr = config.get_lr(iteration)
        for g in optimizer.param_groups:
            g["lr"] = lr
        if config.grad_clip > 0:
            nn.utils.clip_grad_norm_(model.parameters(), config.grad_clip)
        optimizer.step()
        optimizer.zero_grad()
        if iteration % config.log_interval == 0:
            logger.train(iteration, loss.item(), lr)
    return best
