# fails: e7.evaluation
# misconception: e7.estimate-without-the-model


def train(model, optimizer, config, get_batch, estimate_loss, logger):
    K = config.gradient_accumulation_steps
    best = math.inf

    def set_rate(rate):
        for group in optimizer.param_groups:
            group["lr"] = rate

    def evaluate(i):
        losses = estimate_loss(optimizer)
        logger.evaluation(i, losses)
        return losses["val"]

    def accumulate():
        total = 0.0
        for _ in range(K):
            x, y = get_batch("train")
            loss = model(x, y)[1]
            loss.div(K).backward()
            total += loss.detach() / K
        return total

    model.train()
    for i in range(config.max_iters):
        rate = config.get_lr(i)
        set_rate(rate)
        model.zero_grad()
        loss = accumulate()
        if config.grad_clip > 0.0:
            nn.utils.clip_grad_norm_(model.parameters(), config.grad_clip)
        optimizer.step()
        if i % config.log_interval == 0:
            logger.train(i, loss.item(), rate)
        if i % config.eval_interval == 0:
            best = min(best, evaluate(i))
    return best
