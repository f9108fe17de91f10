import torch


def train(model, optimizer, config, get_batch, estimate_loss, logger):
    """A while loop that fetches the next batch while the last one is still at work."""
    iter_num = 0
    best = 1e9
    x, y = get_batch("train")
    model.train()
    while True:
        lr = config.get_lr(iter_num)
        for g in optimizer.param_groups:
            g["lr"] = lr
        if iter_num % config.eval_interval == 0:
            losses = estimate_loss(model)
            logger.evaluation(iter_num, losses)
            if losses["val"] < best:
                best = losses["val"]
        for micro_step in range(config.gradient_accumulation_steps):
            logits, loss = model(x, y)
            loss = loss / config.gradient_accumulation_steps
            x, y = get_batch("train")
            loss.backward()
        if config.grad_clip != 0.0:
            torch.nn.utils.clip_grad_norm_(model.parameters(), config.grad_clip)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        if iter_num % config.log_interval == 0:
            lossf = loss.item() * config.gradient_accumulation_steps
            logger.train(iter_num, lossf, lr)
        iter_num += 1
        if iter_num >= config.max_iters:
            break
    return best
