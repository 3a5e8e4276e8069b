"""Everything is killed, cut off or filled up while learners work: is anything lost or doubled?"""
