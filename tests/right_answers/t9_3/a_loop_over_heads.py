class GroupedQueryAttention(nn.Module):
    def __init__(self, hidden_size, n_head, n_kv_head):
        super().__init__()
        d = hidden_size // n_head
        self.group = n_head // n_kv_head
        self.queries = nn.ModuleList(nn.Linear(hidden_size, d, bias=False) for _ in range(n_head))
        self.keys = nn.ModuleList(nn.Linear(hidden_size, d, bias=False) for _ in range(n_kv_head))
        self.values = nn.ModuleList(nn.Linear(hidden_size, d, bias=False) for _ in range(n_kv_head))
        self.out = nn.Linear(hidden_size, hidden_size, bias=False)

    def forward(self, x):
        heads = []
        for i, query in enumerate(self.queries):
            key, value = self.keys[i // self.group], self.values[i // self.group]
            scores = query(x) @ key(x).mT / math.sqrt(query.out_features)
            hidden = torch.ones_like(scores).triu(1) > 0
            heads.append(scores.masked_fill(hidden, -math.inf).softmax(-1) @ value(x))
        return self.out(torch.cat(heads, dim=-1))
