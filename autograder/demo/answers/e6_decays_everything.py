def configure_optimizers(self, weight_decay, learning_rate, betas):
    return torch.optim.AdamW(
        self.parameters(), lr=learning_rate, betas=betas, weight_decay=weight_decay
    )


GPT.configure_optimizers = configure_optimizers
