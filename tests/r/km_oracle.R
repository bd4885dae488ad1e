# Kaplan-Meier figures of R's survival package, the oracle of tests/unit/outcomes/test_survival_against_r.py.
#
#   Rscript tests/r/km_oracle.R durations.csv > tests/r/km_oracle.tsv
#
# durations.csv has the columns dataset, group, time, event (1 event, 0 censored), as that test writes it. Intervals are
# log-log, 95 %. Needs Debian's r-base-core and r-cran-survival. The versions go to standard error.
suppressPackageStartupMessages(library(survival))
message(R.version.string, ", survival ", packageVersion("survival"))

path <- commandArgs(trailingOnly = TRUE)[1]
rows <- read.csv(path, stringsAsFactors = FALSE)

show <- function(dataset, quantity, value) {
  cat(dataset, quantity, format(value, digits = 12), sep = "\t")
  cat("\n")
}

cat("dataset\tquantity\tvalue\n")
for (name in unique(rows$dataset)) {
  one <- rows[rows$dataset == name, ]
  fit <- survfit(Surv(time, event) ~ 1, data = one, conf.type = "log-log")
  found <- summary(fit)$table
  for (column in c("records", "events", "median", "0.95LCL", "0.95UCL")) show(name, column, found[[column]])
  times <- as.numeric(quantile(one$time, c(0.25, 0.5, 0.75), type = 1))
  at <- summary(fit, times = times)
  for (place in seq_along(times)) {
    show(name, paste0("survival_", times[place]), at$surv[place])
    show(name, paste0("low_", times[place]), at$lower[place])
    show(name, paste0("high_", times[place]), at$upper[place])
    show(name, paste0("at_risk_", times[place]), at$n.risk[place])
  }
  reverse <- survfit(Surv(time, 1 - event) ~ 1, data = one, conf.type = "log-log")
  show(name, "follow_up", summary(reverse)$table[["median"]])
  if (length(unique(one$group)) == 2) {
    test <- survdiff(Surv(time, event) ~ group, data = one)
    show(name, "log_rank_p", pchisq(test$chisq, 1, lower.tail = FALSE))
  }
}
