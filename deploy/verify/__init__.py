"""`make verify-deploy`: proves the container image and the files around it by running them.

Each module of `parts` is one part; what they share is in `support`. The runner looks at what a part says of itself
and runs it in a process of its own:

- `AFTER`: the parts whose work it needs; without them it is skipped.
- `PROGRAMS`: programs it needs, each with the Debian package that has it. They are installed where that is possible.
- `NAMESPACES`: options for unshare(1). A part with `--pid` leaves no process behind, one with `--mount` no mount; in
  `--net` nothing can be reached but the part's own containers.
- `clear(site)`, if it has one: takes away what of the part lies outside of its namespaces. A guard calls it once the
  part is over, however that ended, and also if the runner itself is killed.
- `run(site)`: does the work, and gives the figures that it measured. Raises Failed, or Skipped where the machine
  refuses what the part cannot do without.
"""
