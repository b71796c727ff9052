# Jalon. `make run` and `make test` set up all they need: Linux x86-64; Python 3.12 is fetched if it is not there.
SHELL := /bin/bash
export PYTHONUNBUFFERED = 1
UV = build/tools/bin/uv
PYTHON = .venv/bin/python
RASA = .venv/bin/rasa
STOCK = build/stock/bin/python
PYTEST = $(PYTHON) -m pytest -q
COMPILE = $(UV) pip compile -q --generate-hashes --no-emit-index-url --no-header
SYNC = $(UV) pip sync --quiet --require-hashes --python
MODEL = $$($(PYTHON) -m bot train --quiet)
.PHONY: run chat shell train test check test-unit test-rasa test-live test-catalogue test-stock test-cluster faults \
	check-deploy eval bench soak bench-nlu slow sbom lock

run: .venv/run-ready           ## serve the chat on http://127.0.0.1:5005
	@exec $(PYTHON) -m bot serve
chat: .venv/run-ready          ## the same bot in the terminal
	@exec $(PYTHON) -m bot chat
shell: .venv/run-ready         ## `rasa shell` with the server of its actions
	@$(PYTHON) -m bot.runtime.rasa_shell
train: .venv/run-ready         ## train the model if what it is made from changed
	$(PYTHON) -m bot train

test: check test-unit test-rasa test-live test-catalogue  ## everything: lint, types, units, training, stories, API, browser
check: .venv/test-ready        ## lint, types, Rasa's own check of the training data
	.venv/bin/ruff check bot actions tests benchmarks
	.venv/bin/mypy
	$(RASA) data validate --fail-on-warnings
test-unit: .venv/test-ready    ## tests without Rasa, in seconds
	$(PYTEST) tests/unit
test-rasa: .venv/test-ready    ## components, actions, stories as Rasa predicts them and as they are answered
	$(RASA) test core --model $(MODEL) --stories tests/test_stories.yml --fail-on-prediction-errors --out build/test-core
	$(PYTEST) tests/nlu tests/actions tests/channel tests/runtime tests/stores
test-live: .venv/test-ready    ## a real server over HTTP, a real browser, real faults, two servers as one
	$(PYTEST) tests/api tests/browser tests/faults tests/cluster
test-catalogue: .venv/test-ready  ## the second half of the tests, over a whole published catalogue, where ../shared is there
	@if [ -d ../shared ]; then $(PYTEST) tests/unit --shared ../shared && $(PYTEST) tests/nlu --shared ../shared; \
	else echo "Left out: there is no folder ../shared with a published catalogue beside the checkout."; fi
test-stock: $(STOCK)           ## the first half over Rasa as it is published, with TensorFlow
	JALON_RUNTIME=stock $(STOCK) -m pytest -q tests/unit tests/nlu tests/actions tests/channel tests/runtime tests/stores tests/api
faults: .venv/test-ready       ## each fault ten times, in about half an hour; writes docs/operations.md
	$(PYTEST) tests/faults --times 10 --table docs/operations.md
test-cluster: .venv/test-ready ## two servers behind nginx at full length; writes docs/operations.md
	$(PYTEST) tests/cluster --dialogues 200 --pairs 1000 --table docs/operations.md
check-deploy: $(UV)            ## compose file and manifests against the schemas of their formats
	$(UV) tool run -q check-jsonschema==0.39.0 --builtin-schema vendor.compose-spec deploy/compose.yaml
	$(UV) tool run -q kubernetes-validate==1.37.0 --strict $(filter-out %/kustomization.yaml,$(wildcard deploy/kubernetes/*))
eval: .venv/run-ready          ## dialogues of ../shared and questions on jobs, on the whole catalogue
	$(PYTHON) benchmarks/evaluate.py
bench: .venv/test-ready $(STOCK)  ## Jalon beside stock Rasa under load, in build/bench/speed
	$(PYTHON) -m benchmarks.speed --stock $(STOCK)
bench-nlu: $(STOCK)            ## our NLU beside stock Rasa pipelines; writes docs/nlu.md
	$(STOCK) benchmarks/nlu.py
slow: .venv/test-ready         ## the slowest of 100,000 generated messages, as a multiple of the median
	$(PYTHON) -m benchmarks.slow_messages
soak: .venv/test-ready         ## 20,000 messages, then 50 pupils for half an hour, in build/bench/soak
	$(PYTHON) benchmarks/soak.py

sbom: $(UV)                    ## what is delivered, with licences, in build/sbom.json; writes docs/dependencies.md
	@$(UV) venv -q --clear --python 3.12 build/sbom/venv
	@$(SYNC) build/sbom/venv/bin/python requirements.lock
	$(UV) tool run -q --from cyclonedx-bom==7.5.0 cyclonedx-py environment --pyproject pyproject.toml \
	  --gather-license-texts --output-reproducible --validate -o build/sbom.json build/sbom/venv
	$(UV) tool run -q pip-licenses==5.5.5 --python build/sbom/venv/bin/python --with-system --format=json >build/sbom/licences.json
	build/sbom/venv/bin/python -m benchmarks.licences build/sbom/licences.json
lock: $(UV)                    ## pin the versions anew
	$(COMPILE) pyproject.toml --python-version 3.12 -o requirements.lock
	$(COMPILE) pyproject.toml --python-version 3.12 --group test -c requirements.lock -o requirements-test.lock
	cd benchmarks/stock && ../../$(COMPILE) pyproject.toml --python-version 3.10 --group test -o requirements.lock
$(UV):
	@echo "Getting uv, the installer…"
	@python3 -m venv build/tools
	@build/tools/bin/python -m pip -q install --disable-pip-version-check uv
.venv/pyvenv.cfg: .python-version | $(UV)
	@$(UV) venv --quiet --clear --python 3.12 .venv
	@$(PYTHON) -c "from bot.runtime.environment import install; install()"
.venv/run-ready: requirements.lock | .venv/pyvenv.cfg
	@echo "Installing libraries (about 600 MB the first time)…"
	@$(SYNC) $(PYTHON) requirements.lock
	@rm -f .venv/test-ready  # the test tools are gone now
	@touch $@
.venv/test-ready: requirements-test.lock | .venv/pyvenv.cfg
	@echo "Installing libraries and test tools (about 1 GB the first time)…"
	@$(SYNC) $(PYTHON) requirements-test.lock
	@$(PYTHON) tests/browser/install_browser.py
	@touch $@ .venv/run-ready
$(STOCK): benchmarks/stock/requirements.lock | $(UV)
	@echo "Installing Rasa as it is published, with TensorFlow (2.6 GB)…"
	@$(UV) venv --quiet --clear --python 3.10 build/stock
	@$(SYNC) $@ benchmarks/stock/requirements.lock
	@touch $@
