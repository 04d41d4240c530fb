"""Phone calls: permission to dial, placing, the carrier's reports, turns, and what follows a call."""
