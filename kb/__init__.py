"""A knowledge base of deep learning in which every statement can be read, queried and run."""

from kb.knowledge_base import KnowledgeBase, check, load
from kb.problems import KnowledgeBaseError, NoSuchEntryError, Problem

__all__ = ["KnowledgeBase", "KnowledgeBaseError", "NoSuchEntryError", "Problem", "check", "load"]
