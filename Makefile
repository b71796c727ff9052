# Jalon. `make run` and `make test` set up all they need. Python 3.10 and Linux x86-64; see README.md.
SHELL := /bin/bash
export RASA_TELEMETRY_ENABLED = false
export TF_CPP_MIN_LOG_LEVEL = 3
export SQLALCHEMY_SILENCE_UBER_WARNING = 1
export PYTHONUNBUFFERED = 1
# Responses said by our action alone look unused to rasa; tests/unit/test_domain.py checks that each one is used.
export PYTHONWARNINGS = ignore:The utterance:UserWarning,ignore::DeprecationWarning
UV = build/tools/bin/uv
PYTHON = .venv/bin/python
RASA = .venv/bin/rasa
COMPILE = $(UV) pip compile -q pyproject.toml --generate-hashes --no-emit-index-url --no-header
MODEL = $$($(PYTHON) -m bot train --quiet)
.PHONY: run chat train check test test-unit test-rasa test-live test-cluster faults check-deploy eval bench bench-nlu soak lock

run: .venv/run-ready           ## serve the chat on http://127.0.0.1:5005
	@exec $(PYTHON) -m bot serve
chat: .venv/run-ready          ## the same bot in the terminal
	@exec $(PYTHON) -m bot chat
train: .venv/run-ready         ## train the model if what it is made from changed
	$(PYTHON) -m bot train

test: check test-unit test-rasa test-live   ## everything: lint, types, data, units, training, stories, API, browser
check: .venv/test-ready        ## lint, types, Rasa's own check of the training data
	.venv/bin/ruff check bot actions tests benchmarks
	.venv/bin/mypy
	$(RASA) data validate --fail-on-warnings

test-unit: .venv/test-ready    ## tests without Rasa, in seconds
	$(PYTHON) -m pytest tests/unit -q
test-rasa: .venv/test-ready    ## components, actions, stories as Rasa predicts them and as they are answered
	$(RASA) test core --model $(MODEL) --stories tests/test_stories.yml --fail-on-prediction-errors --out build/test-core
	$(PYTHON) -m pytest tests/nlu tests/actions tests/channel tests/runtime tests/stores -q
test-live: .venv/test-ready    ## a real server over HTTP, a real browser, real faults, two servers as one
	$(PYTHON) -m pytest tests/api tests/browser tests/faults tests/cluster -q
faults: .venv/test-ready       ## each fault ten times, in about half an hour; writes docs/operations.md
	$(PYTHON) -m pytest tests/faults -q --times 10 --table docs/operations.md
test-cluster: .venv/test-ready ## two servers behind nginx at full length; writes docs/operations.md
	$(PYTHON) -m pytest tests/cluster -q --dialogues 200 --pairs 1000 --table docs/operations.md
check-deploy: $(UV)            ## compose file and manifests against the schemas of their formats
	$(UV) tool run -q check-jsonschema==0.39.0 --builtin-schema vendor.compose-spec deploy/compose.yaml
	$(UV) tool run -q kubernetes-validate==1.37.0 --strict $(filter-out %/kustomization.yaml,$(wildcard deploy/kubernetes/*))
eval: .venv/run-ready          ## dialogues of ../shared and questions on jobs, on the whole catalogue
	$(PYTHON) benchmarks/evaluate.py
bench: .venv/test-ready        ## Jalon beside stock Rasa under load, in build/bench/speed
	$(PYTHON) -m benchmarks.speed
soak: .venv/test-ready         ## 20,000 messages, then 50 pupils for half an hour, in build/bench/soak
	$(PYTHON) benchmarks/soak.py
bench-nlu: .venv/test-ready    ## our NLU beside stock Rasa pipelines; writes docs/nlu.md
	$(PYTHON) benchmarks/nlu.py

lock: $(UV)                    ## pin the versions anew
	$(COMPILE) -o requirements.lock
	$(COMPILE) --group test -c requirements.lock -o requirements-test.lock

$(UV):
	@echo "Getting uv, the installer…"
	@python3 -m venv build/tools
	@build/tools/bin/python -m pip -q install --disable-pip-version-check uv

.venv/pyvenv.cfg: .python-version | $(UV)
	@$(UV) venv --quiet --clear --python 3.10 .venv

.venv/run-ready: requirements.lock | .venv/pyvenv.cfg
	@echo "Installing libraries (about 2.5 GB the first time)…"
	@$(UV) pip sync --quiet --python $(PYTHON) --require-hashes requirements.lock
	@rm -f .venv/test-ready  # the test tools are gone now
	@touch $@

.venv/test-ready: requirements-test.lock | .venv/pyvenv.cfg
	@echo "Installing libraries and test tools (about 2.5 GB the first time)…"
	@$(UV) pip sync --quiet --python $(PYTHON) --require-hashes requirements-test.lock
	@$(PYTHON) tests/browser/install_browser.py
	@touch $@ .venv/run-ready
