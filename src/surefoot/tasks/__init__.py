"""What is to be learned: the Task contract, and built-in tasks on real data that needs no download."""

from surefoot.tasks.catalogue import TASKS, find
from surefoot.tasks.task import Task

__all__ = ["TASKS", "Task", "find"]
