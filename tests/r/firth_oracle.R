# Firth's logistic regression and Cox regression of two covariates, the oracle of tests/unit/statistics/test_firth_against_r.py.
#
#   Rscript tests/r/firth_oracle.R patients.csv > tests/r/firth_oracle.tsv
#
# patients.csv has the columns dataset, benefit, days, event, x, z. No package for Firth's penalty is in Debian, so that the
# penalised likelihoods are written here, l(b) + 0.5 log |I(b)|, with R's own information (glm's X'WX; coxph at a fixed b),
# maximised by optim, and profiled by uniroot: independent of the Python code.
suppressPackageStartupMessages(library(survival))
rows <- read.csv(commandArgs(trailingOnly = TRUE)[1], stringsAsFactors = FALSE)
show <- function(dataset, quantity, value) cat(dataset, quantity, format(value, digits = 12), sep = "\t", fill = TRUE)

logistic <- function(one) {
  design <- cbind(1, one$x, one$z)
  function(b) {
    p <- plogis(drop(design %*% b))
    information <- t(design) %*% (design * (p * (1 - p)))
    sum(dbinom(one$benefit, 1, p, log = TRUE)) + 0.5 * determinant(information)$modulus[1]
  }
}

cox <- function(one) {
  function(b) {
    fit <- suppressWarnings(coxph(Surv(days, event) ~ x + z, data = one, init = b, ties = "efron",
                                  control = coxph.control(iter.max = 0)))
    fit$loglik[1] - 0.5 * determinant(fit$var)$modulus[1]
  }
}

best_of <- function(f, start, rounds = 6) {
  for (round in seq_len(rounds)) start <- optim(start, f, control = list(fnscale = -1, reltol = 1e-15, maxit = 5000))$par
  list(par = start, value = f(start))
}

profile_of <- function(f, best, place) {
  function(value) {
    inner <- function(rest) { b <- best; b[place] <- value; b[-place] <- rest; f(b) }
    rest <- best[-place]
    if (length(rest) == 1) return(optimize(inner, rest + c(-8, 8), maximum = TRUE, tol = 1e-12)$objective)
    best_of(inner, rest, 2)$value
  }
}

cat("dataset\tquantity\tvalue\n")
for (name in unique(rows$dataset)) {
  one <- rows[rows$dataset == name, ]
  for (kind in c("logistic", "cox")) {
    exact <- if (kind == "logistic") logistic(one) else cox(one)
    f <- function(b) { value <- exact(b); if (is.finite(value)) value else -1e10 }  # far out the information is singular
    found <- best_of(f, rep(0, ifelse(kind == "logistic", 3, 2)))
    shift <- ifelse(kind == "logistic", 1, 0)
    for (covariate in c("x", "z")) {
      place <- match(covariate, c("x", "z")) + shift
      show(name, paste(kind, covariate, sep = "_"), found$par[place])
      along <- profile_of(f, found$par, place)
      limit <- found$value - qchisq(0.95, 1) / 2
      for (side in c(-1, 1)) {
        far <- found$par[place] + side * 0.5
        while (along(far) > limit) far <- far + side
        edge <- uniroot(function(v) along(v) - limit, sort(c(found$par[place], far)), tol = 1e-9)
        show(name, paste(kind, covariate, ifelse(side < 0, "low", "high"), sep = "_"), edge$root)
      }
      show(name, paste(kind, covariate, "p", sep = "_"), pchisq(2 * (found$value - along(0)), 1, lower.tail = FALSE))
    }
  }
}
