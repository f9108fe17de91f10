# tries: displays enormous tables and figures
# in: E1
# honest: 0
# stock: no (it would fill the memory of nbgrader's own process)
from IPython.display import HTML, display

for number in range(200):
    display(HTML("<table>" + "<tr><td>40</td></tr>" * 100_000 + "</table>"))
    display({"text/plain": "y" * 5_000_000, "image/png": "A" * 5_000_000}, raw=True)
