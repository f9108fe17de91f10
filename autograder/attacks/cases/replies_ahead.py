# tries: sends replies before anything was asked, with the nonce of the request that it is in
# in: own cell
# honest: 0
# expects: protocol
import gc

from autograder.probe import wire

channels = [o for o in gc.get_objects() if type(o) is wire.Channel]
requests = [o for o in gc.get_objects() if type(o) is dict and "nonce" in o]
nonce = requests[-1]["nonce"] if requests else ""
for _ in range(100):
    channels[0].send({"nonce": nonce, "value": {"handle": 0}, "outputs": [], "printed": ""})
