"""What runs in more than one image: frames and the value codec, copied into the images as the package `inside`.

Standard library only, but for values of numpy and pandas, which are looked at only where they are met.

Must not know: Docker, courses, points, or anything else of this repository.
"""
