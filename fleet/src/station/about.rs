//! Who works, and how.

use crate::manifest::Party;
use atecc608::SerialNumber;

/// Who works, and what the manifest says of all chips.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// The station's name, in each line of the report.
    pub station: String,
    /// The person's.
    pub operator: String,
    /// `partNumber` of the manifest: the order number, or a name of your own.
    pub part_number: String,
    /// Who made the chips.
    pub manufacturer: Party,
    /// Who provisions them: the station's owner.
    pub provisioner: Party,
    /// Who distributes them.
    pub distributor: Party,
    /// `groupId` of the manifest, for instance the lot.
    pub group: Option<String>,
}

/// How the signer comes to know the chip's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Way {
    /// The station asks the chip for its public key, which is in the station's hands.
    #[default]
    Direct,
    /// The chip signs a request (CSR), which is verified.
    Request,
}

/// For which chips somebody has agreed to what can't be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Agreed {
    /// For none: a chip that would be changed is refused.
    Nothing,
    /// For any.
    Any,
    /// For the one with this serial number.
    Only(SerialNumber),
    /// For any that is blank as from the factory, or that the report has begun with. A chip with anything of its own
    /// in its configuration is somebody's.
    Blank,
}
