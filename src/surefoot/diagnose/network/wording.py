"""A finding on a training run in words: the sentence, what to do, what it cost."""

from surefoot.diagnose.network.finding import PAST, Finding


def sentence(finding: Finding) -> str:
    """Where the run sits, in one sentence."""
    what = f"{finding.optimizer} at lr {finding.settings['lr']:g} on {finding.task}"
    if finding.diverged:
        last = finding.looks[-1]
        return f"{what} diverged: by step {last.step} the loss was no longer finite."
    share = f"stride times curvature is {finding.ratio:.2g} of the {finding.edge:.3g} at which the rule turns unstable"
    place = {
        "at the edge of stability": "sits at the edge of stability",
        "beyond the edge": "runs beyond the edge, held by what the linear picture leaves out",
        "below the edge": "stays below the edge of stability",
    }[finding.verdict]
    return f"{what} {place}: {share}."


def advice(finding: Finding) -> str:
    """What to do about it, with the learning rate that would leave the edge and what came of trying it."""
    if finding.diverged:
        return "Lower lr, tenfold to begin with; the curvature before it diverged is in the table."
    if finding.lr_below is None:
        if finding.peak >= 1:
            return "It met the edge on its way and left it by itself; lr is as large as this run can bear."
        room = f"{1 / finding.peak:.1f} times" if finding.peak > 0.01 else "a hundred times"
        return f"There is room: lr could be {room} larger before this run's curvature, at its highest, met the edge."
    tried = f"lr {finding.lr_below:g} would put this run's curvature at half the edge"
    if finding.checked is None or finding.checked.diverged:
        return f"{tried}."
    if finding.checked.lr_below is None:
        return f"{tried}; run again at it, it stays below the edge ({finding.checked.ratio:.2g} of it)."
    return (
        f"{tried}, yet run again at it, the curvature rose to {finding.checked.ratio:.2g} of the edge: training "
        "sharpens until it meets the edge, so a lower lr alone does not leave it for long. Decay lr at the end."
    )


def cost(finding: Finding) -> str:
    """What looking took, beside training."""
    return (
        f"{finding.products} Hessian-vector products on {finding.rows} rows, {finding.looking:.1f} s beside "
        f"{finding.training:.1f} s of training"
    )


def caveats(finding: Finding) -> list[str]:
    """What the reader must know before leaning on the numbers."""
    found = [
        "The edge is that of the linear map with second moments standing still, as they nearly do with beta2 near 1.",
        "Under minibatch noise a run settles somewhat below the edge of the whole loss.",
    ]
    loose = [look.step for look in finding.looks if look.residual > 0.05 * abs(look.stride_sharpness)]
    if loose:
        found.append(f"At step {', '.join(map(str, loose))} the eigenvalue is known to more than 5% only from below.")
    if not finding.diverged and finding.ratio > PAST:
        found.append("A ratio far above 1 lasts only where strides turn or shrink faster than the error can grow.")
    return found
