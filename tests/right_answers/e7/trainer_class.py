# a class of its own, state of the best kept in memory
class Trainer:
    def __init__(self, model, optimizer, config, get_batch, estimate_loss, logger):
        self.__dict__.update(locals())
        self.best = float("inf")
        self.best_state = None

    def evaluate(self, i):
        losses = self.estimate_loss(self.model)
        self.logger.evaluation(i, losses)
        if losses["val"] < self.best:
            self.best = losses["val"]
            self.best_state = {k: v.detach().clone() for k, v in self.model.state_dict().items()}

    def update(self, i):
        lr = self.config.get_lr(i)
        for g in self.optimizer.param_groups:
            g["lr"] = lr
        self.model.train()
        self.optimizer.zero_grad(set_to_none=True)
        K = self.config.gradient_accumulation_steps
        for k in range(K):
            batch = self.get_batch("train")
            _, loss = self.model(*batch)
            loss.div(K).backward()
        if self.config.grad_clip > 0:
            nn.utils.clip_grad_norm_(self.model.parameters(), self.config.grad_clip)
        self.optimizer.step()
        return loss.item(), lr

    def run(self):
        i = 0
        try:
            while i < self.config.max_iters:
                loss, lr = self.update(i)
                if i % self.config.log_interval == 0:
                    self.logger.train(i, loss, lr)
                if i % self.config.eval_interval == 0:
                    self.evaluate(i)
                i += 1
        except KeyboardInterrupt:
            pass
        self.evaluate(i)
        self.model.train()
        return self.best

def train(model, optimizer, config, get_batch, estimate_loss, logger):
    return Trainer(model, optimizer, config, get_batch, estimate_loss, logger).run()
