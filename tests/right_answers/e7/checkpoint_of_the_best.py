import copy
import os


def train(model, optimizer, config, get_batch, estimate_loss, logger):
    """Keeps the best weights in a file and in memory."""
    best_val_loss, best_state = float("inf"), None

    def evaluate(iteration):
        nonlocal best_val_loss, best_state
        losses = estimate_loss(model)
        logger.evaluation(iteration, losses)
        if losses["val"] < best_val_loss:
            best_val_loss = losses["val"]
            best_state = copy.deepcopy(model.state_dict())
            os.makedirs("checkpoints", exist_ok=True)
            torch.save({"model": best_state, "optimizer": optimizer.state_dict(), "it": iteration},
                       "checkpoints/best.pt")

    def update(iteration, lr):
        model.train()
        for group in optimizer.param_groups:
            group["lr"] = lr
        for _ in range(config.gradient_accumulation_steps):
            x, y = get_batch("train")
            _, loss = model(x, y)
            (loss / config.gradient_accumulation_steps).backward()
        if config.grad_clip > 0:
            nn.utils.clip_grad_norm_(model.parameters(), config.grad_clip)
        optimizer.step()
        optimizer.zero_grad()
        return loss.item()

    for iteration in range(config.max_iters):
        if iteration % config.eval_interval == 0:
            evaluate(iteration)
        lr = config.get_lr(iteration)
        loss = update(iteration, lr)
        if iteration % config.log_interval == 0:
            logger.train(iteration=iteration, loss=loss, lr=lr)
    evaluate(config.max_iters)
    return best_val_loss
