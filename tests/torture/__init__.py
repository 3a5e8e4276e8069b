"""Everything at once, against the real servers: is a reading ever over or under?"""
