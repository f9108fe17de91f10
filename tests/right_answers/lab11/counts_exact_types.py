# %% G2.5
from decimal import Decimal
from fractions import Fraction

n_attention = Fraction(4 * 768**2 + 2 * 768)
n_mlp = Decimal("4722432")
n_block = np.array(7086336)
n_blocks = np.uint32(85036032)
n_wte = nn.Parameter(torch.tensor(38633472.0))
n_total = torch.tensor([124457472])
