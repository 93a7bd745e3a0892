# What people and CI run. `make` alone prints this list.
.DEFAULT_GOAL := help
.PHONY: help install format lint types layers test page wheels images docs screenshot bench engine-up engine-down guest ci clean

UV_LINT := uv run --group lint

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: ## everything that the other targets need, from the lock files
	uv sync --locked --group lint
	npm ci --no-audit --no-fund

format: ## write the code as ruff wants it
	$(UV_LINT) ruff format .
	$(UV_LINT) ruff check --fix .

lint: ## style, and the lock file in step
	uv lock --check
	$(UV_LINT) ruff format --check .
	$(UV_LINT) ruff check .

types: ## mypy over everything; the library's public face complete
	$(UV_LINT) mypy
	$(UV_LINT) pyright --verifytypes dockstats_core --ignoreexternal

layers: ## the map of docs/architecture.md holds
	uv run lint-imports

test: ## the tests; DOCKSTATS_TEST_REQUIRE=engine,browser,guest makes missing ones fail
	uv run pytest

page: ## the page's types and its own tests
	npm run --silent check
	npm test --silent

wheels: ## build the wheels, and start the dashboard from them in an empty environment
	uv run python tools/check_wheels.py

images: ## build the images dockstats-agent and dockstats-dashboard, from wheels made here
	uv run python tools/build_images.py

docs: ## write what is made from data: docs/configuration.md, the state diagram
	uv run python tools/write_configuration.py
	uv run python tools/draw_states.py --write

screenshot: ## take docs/images anew
	uv run python tools/take_screenshots.py --history 1500

bench: ## what it costs and holds, side by side: 65 minutes on a machine that does nothing else
	uv run bench
	uv run python -m bench.page
	uv run python -m bench.load
	uv run python -m bench.soak
	uv run python -m bench.performance_page

engine-up: ## a Docker Engine for the tests, on Debian
	tests/engine/up

engine-down: ## stop the engine that engine-up started
	tests/engine/down

guest: ## build the second Docker host that the tests start, on Debian
	tests/engine/guest root

ci: ## all that CI does
	bash .ci/run

clean: ## remove what the other targets leave
	rm -rf dist build node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.*
