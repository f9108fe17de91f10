# one loop over all micro-batches, with divmod
def train(model, optimizer, config, get_batch, estimate_loss, logger):
    """Counts micro-steps; an update happens at every K-th of them."""
    torch.manual_seed(1337)
    K = config.gradient_accumulation_steps
    best_val_loss = torch.tensor(float("inf"))
    model.train()
    running = torch.zeros(())
    for micro in range(config.max_iters * K):
        iteration, within = divmod(micro, K)
        if within == 0:
            running.zero_()
            [group.__setitem__("lr", config.get_lr(iteration)) for group in optimizer.param_groups]
        inputs, targets = get_batch("train")
        _, loss = model(inputs, targets)
        running += loss.detach() / K
        (loss / K).backward()
        if within == K - 1:
            if config.grad_clip > 0:
                nn.utils.clip_grad_norm_(model.parameters(), config.grad_clip)
            optimizer.step()
            optimizer.zero_grad()
            if iteration % config.log_interval == 0:
                logger.train(iteration, running.item(), optimizer.param_groups[0]["lr"])
            if iteration % config.eval_interval == 0:
                losses = estimate_loss(model)
                model.train()
                logger.evaluation(iteration, losses)
                if losses["val"] < best_val_loss:
                    best_val_loss = torch.tensor(losses["val"])
    return best_val_loss.item()
