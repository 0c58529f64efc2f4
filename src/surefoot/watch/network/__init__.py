"""Paths of several optimizers through a real network's parameters, drawn in the plane that holds most of them.

`surefoot.watch(study)` and `surefoot.watch(task)` train and show; a training loop of your own is taken down by
`surefoot.watch.network.recorder.Recorder`.
"""
