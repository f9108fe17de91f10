# divides by the number of micro-batches so far
# fails: e7.accumulated
# says: count alike
# misconception: e7.divided-by-micro-batches-so-far
def train(model, optimizer, config, get_batch, estimate_loss, logger):
    best_val_loss = float("inf")
    model.train()
    for it in range(config.max_iters):
        lr = config.get_lr(it)
        for param_group in optimizer.param_groups:
            param_group["lr"] = lr
        if it % config.eval_interval == 0:
            losses = estimate_loss(model)
            logger.evaluation(it, losses)
            if losses["val"] < best_val_loss:
                best_val_loss = losses["val"]
        for micro_step in range(config.gradient_accumulation_steps):
            x, y = get_batch("train")
            logits, loss = model(x, y)
            loss = loss / (micro_step + 1)
            loss.backward()
        if config.grad_clip != 0.0:
            torch.nn.utils.clip_grad_norm_(model.parameters(), config.grad_clip)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        if it % config.log_interval == 0:
            lossf = loss.item() * config.gradient_accumulation_steps
            logger.train(it, lossf, lr)
    return best_val_loss
