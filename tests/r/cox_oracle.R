# Cox and restricted-mean figures of R's survival package, the oracle of tests/unit/statistics/test_cox_against_r.py.
#
#   Rscript tests/r/cox_oracle.R intervals.csv > tests/r/cox_oracle.tsv
#
# intervals.csv has the columns dataset, start, stop, event, x. Firth's estimate is found here by a grid of one dimension
# on the penalised likelihood, l(b) + 0.5 log I(b), both from coxph at a fixed b, independently of the Python code.
suppressPackageStartupMessages(library(survival))
rows <- read.csv(commandArgs(trailingOnly = TRUE)[1], stringsAsFactors = FALSE)
show <- function(dataset, quantity, value) cat(dataset, quantity, format(value, digits = 12), sep = "\t", fill = TRUE)

at <- function(b, one) {
  fit <- suppressWarnings(coxph(Surv(start, stop, event) ~ x, data = one, init = b, ties = "efron",
                                control = coxph.control(iter.max = 0)))
  fit$loglik[1] + 0.5 * log(1 / fit$var[1, 1])
}

cat("dataset\tquantity\tvalue\n")
for (name in unique(rows$dataset)) {
  one <- rows[rows$dataset == name, ]
  if (name != "separated") {
    fit <- coxph(Surv(start, stop, event) ~ x, data = one, ties = "efron")
    show(name, "log_hr", coef(fit)[[1]])
    show(name, "log_likelihood", fit$loglik[2])
  }
  found <- optimize(at, c(-8, 8), one = one, maximum = TRUE, tol = 1e-10)
  show(name, "firth", found$maximum)
  limit <- found$objective - qchisq(0.95, 1) / 2
  for (side in c(-1, 1)) {
    edge <- uniroot(function(b) at(b, one) - limit, sort(c(found$maximum, found$maximum + side * 9)), tol = 1e-10)
    show(name, ifelse(side < 0, "firth_low", "firth_high"), edge$root)
  }
  if (all(one$start == 0)) {
    whole <- survfit(Surv(stop, event) ~ 1, data = one)
    mean <- summary(whole, rmean = 200)$table
    show(name, "rmean_200", mean[["rmean"]])
    show(name, "se_200", mean[["se(rmean)"]])
  }
}
