def train(model, optimizer, config, get_batch, estimate_loss, logger):
    """The optimizer's own rate becomes 1, so that the schedule's factor is the rate."""
    for group in optimizer.param_groups:
        group["lr"] = group["initial_lr"] = 1.0
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, config.get_lr)
    best, last_eval = None, -1
    for iteration in range(config.max_iters + 1):
        if iteration % config.eval_interval == 0 or iteration == config.max_iters:
            losses = estimate_loss(model)
            logger.evaluation(iteration, losses)
            best = losses["val"] if best is None else min(best, losses["val"])
        if iteration == config.max_iters:
            break
        model.train()
        micro_losses = []
        for _ in range(config.gradient_accumulation_steps):
            x, y = get_batch("train")
            loss = model(x, y)[-1]
            micro_losses.append(loss / config.gradient_accumulation_steps)
        loss = sum(micro_losses)
        loss.backward()
        if config.grad_clip > 0:
            nn.utils.clip_grad_norm_(model.parameters(), config.grad_clip, norm_type=2.0)
        optimizer.step()
        model.zero_grad(set_to_none=False)
        if iteration % config.log_interval == 0:
            logger.train(iteration, round(loss.item(), 2), schedule.get_last_lr()[0])
        schedule.step()
    model.train()
    return best
