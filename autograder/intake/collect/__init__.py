"""`course collect`: take in what students handed in, as an LMS's download or a folder has it.

From the source to the folder of submissions: `items` lists the files of a source, `formats` says
whose each is, `attempts` sorts them into attempts, `layout` decides where they go, `store` puts
them there, `people` joins them with the roster, and `run` does it all.
"""
