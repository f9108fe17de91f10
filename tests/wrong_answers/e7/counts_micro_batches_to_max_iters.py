# fails: e7.updates, e7.accumulated, e7.clip_once, e7.log, e7.log_loss, e7.evaluation
# misconception: e7.iterations-are-micro-batches


def train(model, optimizer, config, get_batch, estimate_loss, logger):
    n = config.gradient_accumulation_steps
    best_val_loss = 1e9
    model.train()
    optimizer.zero_grad()
    for micro in range(config.max_iters):
        it, inner = micro // n, micro % n
        if inner == 0:
            if it % config.eval_interval == 0:
                losses = estimate_loss(model)
                logger.evaluation(it, losses)
                if losses["val"] < best_val_loss:
                    best_val_loss = losses["val"]
            lr = config.get_lr(it)
            for g in optimizer.param_groups:
                g["lr"] = lr
        X, Y = get_batch("train")
        _, loss = model(X, Y)
        (loss / n).backward()
        if inner == n - 1:
            if config.grad_clip != 0.0:
                nn.utils.clip_grad_norm_(model.parameters(), config.grad_clip)
            optimizer.step()
            optimizer.zero_grad()
            if it % config.log_interval == 0:
                logger.train(it, loss, lr)
    return best_val_loss
