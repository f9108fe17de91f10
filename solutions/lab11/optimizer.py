"""What training needs from the model: its optimizer, and how well it uses the hardware."""

import torch

from solutions.lab11.gpt2 import GPT


def configure_optimizers(
    self: GPT,
    weight_decay: float,
    learning_rate: float,
    betas: tuple[float, float],
    device_type: str,
) -> torch.optim.AdamW:
    """Build AdamW with two parameter groups: matrices decay, biases and LayerNorms do not.

    Each trainable parameter is in exactly one group, the tied table once. device_type is "cpu",
    "cuda", ...; on CUDA the whole update runs as one fused kernel.

    Source: decoupled weight decay, Loshchilov and Hutter 2019.
    """
    trainable = [parameter for parameter in self.parameters() if parameter.requires_grad]
    groups = [
        {"params": [p for p in trainable if p.dim() >= 2], "weight_decay": weight_decay},
        {"params": [p for p in trainable if p.dim() < 2], "weight_decay": 0.0},
    ]
    fused = True if device_type == "cuda" else None  # None: PyTorch's own choice
    return torch.optim.AdamW(groups, lr=learning_rate, betas=betas, fused=fused)


def estimate_mfu(self: GPT, tokens_per_s: float, peak_flops: float) -> float:
    """Say which share of the hardware's arithmetic goes into the model (1.0: all of it).

    FLOPs per token = 6 N + 12 L h d T. A weight costs one multiplication and one addition forward
    and twice that backward. The tables q k^T and att v, which belong to no weight, cost
    12 h d T a layer for windows of T = block_size tokens (entries behind the mask are counted too,
    as is usual). N leaves out wpe, which is only looked up, and keeps wte: lm_head multiplies it.

    Units: tokens_per_s in training; peak_flops in operations a second -> a number without unit.
    Raises ValueError if peak_flops is not positive.
    Source: Chowdhery et al. 2022 (PaLM), appendix B; their H Q is our h d = n_embd.
    """
    if not peak_flops > 0:
        raise ValueError(f"peak_flops must be positive: got {peak_flops}")
    config = self.config
    flops_per_token = 6 * self.get_num_params(non_embedding=True)
    flops_per_token += 12 * config.n_layer * config.n_embd * config.block_size
    return flops_per_token * tokens_per_s / peak_flops


GPT.configure_optimizers = configure_optimizers  # type: ignore[attr-defined]
GPT.estimate_mfu = estimate_mfu  # type: ignore[attr-defined]
