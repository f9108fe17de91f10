def train(model, optimizer, config, get_batch, estimate_loss, logger):
    """Sum first, divide the gradients then; the norm is taken by hand."""
    K = config.gradient_accumulation_steps
    best = float("inf")
    model.train()
    for i in range(config.max_iters):
        for p in model.parameters():
            p.grad = None
        running = []
        for k in range(K):
            xb, yb = get_batch("train")
            _, loss = model(xb, yb)
            loss.backward()
            running.append(loss.item())
        grads = [p.grad for p in model.parameters() if p.grad is not None]
        for g in grads:
            g /= K
        if config.grad_clip > 0:
            norm = torch.sqrt(sum((g**2).sum() for g in grads))
            if norm > config.grad_clip:
                for g in grads:
                    g *= config.grad_clip / norm
        for group in optimizer.param_groups:
            group["lr"] = config.get_lr(i)
        optimizer.step()
        if i % config.log_interval == 0:
            logger.train(i, sum(running) / len(running), config.get_lr(i))
        if i % config.eval_interval == 0 or i == config.max_iters - 1:
            out = estimate_loss(model)
            logger.evaluation(i, out)
            best = out["val"] if out["val"] < best else best
    return best
