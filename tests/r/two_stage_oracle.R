# Two-stage designs and estimates after them, the oracle of tests/unit/statistics/test_two_stage_against_r.py.
#
#   Rscript tests/r/two_stage_oracle.R trials.csv > tests/r/two_stage_oracle.tsv
#
# trials.csv has the columns trial, n1, r1, n, x, p0, p1: x successes in all, r the largest number that is no success.
# clinfun is not in Debian: what it works out is summed here over every end of the trial with dbinom, by definition.
rows <- read.csv(commandArgs(trailingOnly = TRUE)[1], stringsAsFactors = FALSE)
show <- function(trial, quantity, value) cat(trial, quantity, format(value, digits = 12), sep = "\t", fill = TRUE)

# P(stage 2 and at least x successes in all)
upper <- function(d, x, p) {
  total <- 0
  for (a in (d$r1 + 1):d$n1) for (b in 0:(d$n - d$n1)) {
    if (a + b >= x) total <- total + dbinom(a, d$n1, p) * dbinom(b, d$n - d$n1, p)
  }
  total
}
solve <- function(f, level) uniroot(function(p) f(p) - level, c(0, 1), tol = 1e-13)$root

cat("trial\tquantity\tvalue\n")
for (i in seq_len(nrow(rows))) {
  d <- rows[i, ]
  for (share in c("p0", "p1")) {
    p <- d[[share]]
    stop_early <- pbinom(d$r1, d$n1, p)
    show(d$trial, paste0("success_", share), upper(d, d$success, p))
    show(d$trial, paste0("early_stop_", share), stop_early)
    show(d$trial, paste0("expected_", share), d$n1 + (1 - stop_early) * (d$n - d$n1))
  }
  # the unbiased estimate of stage 1 given the sufficient statistic: E(X1 / n1 | X = x, stage 2)
  a <- max(d$r1 + 1, d$x - (d$n - d$n1)):min(d$n1, d$x)
  weight <- choose(d$n1, a) * choose(d$n - d$n1, d$x - a)
  show(d$trial, "umvue", sum(a / d$n1 * weight) / sum(weight))
  show(d$trial, "p", upper(d, d$x, d$p0))
  show(d$trial, "median", solve(function(p) upper(d, d$x, p), 0.5))
  show(d$trial, "low", solve(function(p) upper(d, d$x, p), 0.025))
  show(d$trial, "koyama_chen_high", solve(function(p) upper(d, d$x, p), 0.975))
  if (d$x < d$n) show(d$trial, "exact_high", solve(function(p) upper(d, d$x + 1, p), 0.975))
}
