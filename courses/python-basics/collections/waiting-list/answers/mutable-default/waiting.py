def add_visitor(name, queue=[]):
    queue.append(name)
    return queue


def serve(queue):
    if len(queue) == 0:
        return None, []
    return queue[0], queue[1:]
