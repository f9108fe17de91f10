"""The parts of the class report: what is counted, over whom, and the tables that hold it."""
