"""What the whole genome shows beside single genes: context, which explains nothing."""
