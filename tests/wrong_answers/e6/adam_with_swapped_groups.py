# two mistakes
# fails: e6.optimizer, e6.decay, e6.arguments
# misconception: e6.adam-not-adamw, e6.groups-swapped
def configure_optimizers(self, weight_decay, learning_rate, betas):
    vectors = [p for p in self.parameters() if len(p.shape) == 1]
    matrices = [p for p in self.parameters() if len(p.shape) > 1]
    optimizer = torch.optim.Adam(vectors, lr=learning_rate, betas=betas, weight_decay=weight_decay)
    optimizer.add_param_group({"params": matrices, "weight_decay": 0.0})
    return optimizer
