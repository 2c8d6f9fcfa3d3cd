//! Which workspaces are kept.

use attain_domain::definition::{Definition, DefinitionSet};
use attain_domain::testing::{name, participant, settings};

use super::*;

fn keep(worlds: &Worlds, workspace: &WorkspaceId, people: usize) {
    let mut set = DefinitionSet::default();
    set.put(Definition::Settings(settings()), 1);
    for number in 0..people {
        let person = participant(&format!("p-{number}"));
        set.put(Definition::Participant(person), 1);
    }
    let world = World::compile(set).expect("people alone compile");
    worlds.keep(workspace, DefinitionsMark(1), &Arc::new(world));
}

#[test]
fn the_largest_workspace_is_kept_beside_many_small_ones() {
    let worlds = Worlds::default();
    let large: WorkspaceId = name("large");
    keep(&worlds, &large, PEOPLE_OF_WORLD_MAX + 1);
    for number in 0..200 {
        let small: WorkspaceId = name(&format!("small-{number}"));
        keep(&worlds, &small, 10);
        assert!(worlds.of(&small, DefinitionsMark(1)).is_some());
    }
    assert!(worlds.of(&large, DefinitionsMark(1)).is_some());
    assert!(worlds.of(&large, DefinitionsMark(2)).is_none(), "changed");
}
