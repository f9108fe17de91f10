# tries: prints for ever, so that the notebook, the pages and the grader's memory grow
# in: E1
# honest: 0
# stock: no (it would fill the memory of nbgrader's own process)
while True:
    print("x" * 1_000_000)
