from itertools import islice


def train(model, optimizer, config, get_batch, estimate_loss, logger):
    """An endless stream of batches; the cross-entropy is computed here."""

    def stream():
        while True:
            yield get_batch("train")

    batches = stream()
    steps = config.gradient_accumulation_steps
    val_losses = []
    for i in range(config.max_iters):
        if i % config.eval_interval == 0:
            val_losses.append(estimate_loss(model))
            logger.evaluation(i, val_losses[-1])
        model.train(True)
        losses = []
        for x, y in islice(batches, steps):
            logits, _ = model(x)
            losses.append(F.cross_entropy(logits.reshape(-1, logits.size(-1)), y.reshape(-1)))
        loss = torch.stack(losses).mean()
        optimizer.zero_grad()
        loss.backward()
        if config.grad_clip > 0:
            nn.utils.clip_grad_norm_(model.parameters(), config.grad_clip)
        for group in optimizer.param_groups:
            group["lr"] = config.get_lr(i)
        optimizer.step()
        if i % config.log_interval == 0:
            logger.train(i, loss, optimizer.param_groups[0]["lr"])
    return min((losses["val"] for losses in val_losses), default=float("nan"))
