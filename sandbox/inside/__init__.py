"""What runs in more than one image: frames and the value codec. Standard library only; copied into the images as the package `inside`.

Must not know: Docker, courses, points, or anything else of this repository.
"""
