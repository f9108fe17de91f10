from tqdm import tqdm


def train(model, optimizer, config, get_batch, estimate_loss, logger):
    """Mixed precision as on a GPU, with a progress bar."""
    device = next(model.parameters()).device
    scaler = torch.amp.GradScaler(device.type, enabled=True)
    best = float("inf")
    model.train()
    for it in tqdm(range(config.max_iters), desc="training"):
        if it % config.eval_interval == 0:
            losses = estimate_loss(model)
            logger.evaluation(it, losses)
            best = min(best, losses["val"])
            model.train()
        lr = config.get_lr(it)
        for g in optimizer.param_groups:
            g["lr"] = lr
        optimizer.zero_grad(set_to_none=True)
        for _ in range(config.gradient_accumulation_steps):
            x, y = get_batch("train")
            x, y = x.to(device), y.to(device)
            with torch.autocast(device_type=device.type, dtype=torch.bfloat16):
                logits, loss = model(x, y)
            scaler.scale(loss / config.gradient_accumulation_steps).backward()
        if config.grad_clip > 0:
            scaler.unscale_(optimizer)
            torch.nn.utils.clip_grad_norm_(model.parameters(), config.grad_clip)
        scaler.step(optimizer)
        scaler.update()
        if it % config.log_interval == 0:
            logger.train(it, loss.detach(), lr)
    return best
