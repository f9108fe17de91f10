# fails: e7.step, e7.log, e7.log_loss, e7.evaluation, e7.best
# misconception: e7.logits-taken-for-the-loss


def train(model, optimizer, config, get_batch, estimate_loss, logger):
    model.train()
    best, step = None, 0
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    while step < config.max_iters:
        for param_group in optimizer.param_groups:
            param_group["lr"] = config.get_lr(step)
        losses = []
        for micro in range(config.gradient_accumulation_steps):
            inputs, targets = get_batch("train")
            loss, logits = model(inputs, targets)
            losses.append(loss.mean().item())
            loss = loss / config.gradient_accumulation_steps
            loss.backward()
        if config.grad_clip:
            torch.nn.utils.clip_grad_norm_(parameters, max_norm=config.grad_clip)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step += 1
        if step % config.log_interval == 0:
            logger.train(step - 1, sum(losses) / len(losses), config.get_lr(step - 1))
        if step % config.eval_interval == 0:
            estimate = estimate_loss(model)
            logger.evaluation(step - 1, estimate)
            if best is None or estimate["val"] < best:
                best = estimate["val"]
    return best
