# tries: brings the machine's memory and an endless file as devices, which a copying grader reads for ever
# in: E1
# honest: 0
# stock: no (a copy would fill the disk)
# brings: device memory 1 1
# brings: device endless 1 5
try:
    with open("endless", "rb") as file:
        if file.read(10):
            print("got through: reads a device that it brought")
except OSError:
    pass
